"""A task as the benchmark writes it: prompts, gyms with their seeds, offered tools, verifiers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _Lenient(BaseModel):
    """Keys that begin with an underscore are comments; any other unknown key is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_comments(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if not str(key).startswith("_")}
        return data


class AuthConfig(_Lenient):
    """How a remote gym wants to be authorised."""

    type: Literal["bearer", "api_key"]
    token: str
    header_name: str = "Authorization"


class UserInfo(_Lenient):
    """The person in whose name the agent acts; informative only."""

    model_config = ConfigDict(extra="ignore")

    user_id: str | int | None = None
    name: str | None = None
    email: str | None = None


class GymConfig(_Lenient):
    """One gym that a task uses, and the seed its database starts from."""

    mcp_server_name: str = Field(min_length=1)
    mcp_server_url: str
    seed_database_file: str = ""
    mcp_endpoint: str = "/mcp"
    context: dict[str, Any] = Field(default_factory=dict)
    """Becomes HTTP headers of each request: names are trimmed, lower-cased, and get ``x-`` in front."""
    auth_config: AuthConfig | None = None
    user_info: UserInfo | None = None

    @field_validator("user_info", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @property
    def headers(self) -> dict[str, str]:
        """The context as request headers; empty values are left out."""
        headers = {}
        for name, value in self.context.items():
            name = name.strip().lower().replace("_", "-")
            if value not in ("", None):
                headers[name if name.startswith("x-") else f"x-{name}"] = str(value)
        return headers


class Verifier(_Lenient):
    """One check of a run's final state, of its calls or of its answer."""

    verifier_type: str
    validation_config: dict[str, Any]
    name: str = ""
    description: str = ""
    gym_name: str | None = None


class Task(_Lenient):
    """One task. ``name`` and ``source`` come from where it was read, not from the JSON itself."""

    name: str = Field(default="", exclude=True)
    source: str = Field(default="", exclude=True)

    system_prompt: str
    user_prompt: str
    gym_servers_config: list[GymConfig] = Field(min_length=1)
    verifiers: list[Verifier] = Field(default_factory=list)
    selected_tools: list[str] | None = None
    """Tools offered to the agent; None means all."""
    restricted_tools: list[str] | None = None
    """Taken away from what is selected."""
    # No run follows these, which the benchmark writes; ``eog-tui tasks check`` says what decides instead.
    mcp_endpoint: str = "/mcp"
    number_of_runs: int = Field(default=1, ge=1)
    reset_database_between_runs: bool = True
    temperature: float | None = None
    max_tokens: int | None = None

    @model_validator(mode="after")
    def _gyms_differ(self) -> Task:
        names = [gym.mcp_server_name for gym in self.gym_servers_config]
        if len(set(names)) < len(names):
            raise ValueError(f"two gyms have one name in gym_servers_config: {', '.join(names)}")
        return self
