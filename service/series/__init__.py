"""Series: what the photos of a course say together, kept up to date by a job."""
