"""How the world reaches the measurements: command line, API, pages, storage, jobs."""
