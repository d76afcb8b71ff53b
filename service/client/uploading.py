"""A photo on its way to the service."""

import secrets

from models.anatomy import View


def form(photo: bytes, view: View) -> tuple[str, bytes]:
    """A photo as multipart/form-data: the content type and the body."""
    boundary = f"liftmark-{secrets.token_hex(16)}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="view"\r\n\r\n{view}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n\r\n'
    )
    return f"multipart/form-data; boundary={boundary}", head.encode() + photo + f"\r\n--{boundary}--\r\n".encode()
