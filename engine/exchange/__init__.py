"""Procedures in and out: what other programs write brought into the format, and files of the format handed out."""
