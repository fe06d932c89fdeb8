"""A stand-in for Airflow: the few classes that the DAG imports, with the signatures, template fields and command line of
the versions that it names. It schedules nothing; what it shows is what would be submitted."""
