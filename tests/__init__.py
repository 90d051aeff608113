"""The tests: sentences about what citizens, officers and operators can count on."""
