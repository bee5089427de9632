"""Nothing of the user's leaks in."""

import os
from pathlib import Path

from rehearsal.world.environment import for_tools, scrubbed

LEAKS = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAUSERS",
    "AWS_SESSION_TOKEN": "users",
    "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
    "HTTPS_PROXY": "http://proxy:3128",
    "https_proxy": "http://proxy:3128",
    "HOME": "/home/user",
    "PYTHONPATH": "/home/user/lib",
    "NODE_OPTIONS": "--require=/home/user/x.js",
    "GIT_CONFIG_COUNT": "1",
    "SSH_AUTH_SOCK": "/run/agent",
    "GITHUB_TOKEN": "users",
}


def test_of_the_users_environment_only_the_path_and_the_language_are_left(tmp_path: Path) -> None:
    env = scrubbed(tmp_path, {**LEAKS, "PATH": "/bin", "LANG": "C.UTF-8"})
    assert env["PATH"] == "/bin"
    assert env["LANG"] == "C.UTF-8"
    assert not set(env.values()) & set(LEAKS.values())
    assert not set(env) & (set(LEAKS) - {"HOME"})


def test_home_caches_and_temporary_files_are_in_the_world_s_folder(tmp_path: Path) -> None:
    env = scrubbed(tmp_path, LEAKS)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        assert Path(env[name]).is_relative_to(tmp_path)
    assert Path(env["TMPDIR"]).is_dir()
    assert env["AWS_CONFIG_FILE"] == env["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


def test_a_tool_is_given_the_world_as_its_only_aws(tmp_path: Path) -> None:
    env = for_tools(
        tmp_path,
        endpoint="https://127.0.0.1:4566",
        ca_bundle=tmp_path / "ca.pem",
        account="111122223333",
        secret="s",
        region="eu-central-1",
    )
    assert env["AWS_ENDPOINT_URL"] == "https://127.0.0.1:4566"
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == "eu-central-1"
    for name in ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "SSL_CERT_FILE"):
        assert env[name] == str(tmp_path / "ca.pem")
