"""Figures and photos in the words of other systems, FHIR R4B and DICOM: the extra ``liftmark[interop]``."""
