"""The database: tables, migrations, statements, sealed answers, the journal, backups."""
