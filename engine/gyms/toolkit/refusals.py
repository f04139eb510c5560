"""What a tool raises when it will not do what was asked."""

from __future__ import annotations


class UnknownTool(LookupError):  # noqa: N818 - an answer, rather than an error of ours
    """No tool of this name in the domain."""


class Refusal(Exception):  # noqa: N818 - an answer, rather than an error of ours
    """A call refused for a reason of the domain; the domain's house style turns it into the answer's text.

    `field` names the argument at fault and `value` what it held; `causes` are the single refusals behind a joint one.
    """

    def __init__(
        self, code: str, message: str, field: str = "", value: object = None, causes: tuple[Refusal, ...] = ()
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.field = field
        self.value = value
        self.causes = causes or ((self,) if field else ())
