"""The face model: MediaPipe's FaceLandmarker, its asset found and checked by hash, its model card.

Nothing is imported here: whoever looks for the asset alone need not load MediaPipe.
"""
