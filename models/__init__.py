"""What things are: frozen records, the anatomy table, the catalogues of measurands and flags, the face model."""
