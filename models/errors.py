"""The exceptions of records and models; an expected failure is a value, never one of these."""


class LiftmarkError(Exception):
    """Something went wrong that no caller was told to expect."""


class InvalidRecordError(LiftmarkError, ValueError):
    """A record was given a value that it must never hold, such as a figure that is not finite."""


class FaceModelMissingError(LiftmarkError):
    """The face landmark model was not found, or its bytes are not the ones this version was proved with."""
