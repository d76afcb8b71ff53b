"""The links that were made: who shared what, until when, opened how often; and ending one."""
