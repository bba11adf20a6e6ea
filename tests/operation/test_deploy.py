"""What operators are given to start from says what the program says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from limits import parse_many

from briefings.config import settings_from
from briefings.web.access import access_of
from tests.operation.machines import ROOT
from tests.test_readme import PRODUCTION, Watched

DEPLOY = ROOT / "deploy"
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
OTHERS = {"DATABASE_PASSWORD", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}
"""Of compose itself, of gunicorn, of prometheus-client."""


ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)


@ONE
def test_every_address_that_is_a_secret_is_left_out_of_the_proxy_s_log(migrated_app: Flask):
    [pattern] = re.findall(r"^ +~(\S+) 0;$", (DEPLOY / "nginx.conf").read_text(), re.MULTILINE)
    unlogged = re.compile(pattern)
    for rule in migrated_app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        secret = access_of(migrated_app, rule.endpoint) == "by_token"
        assert bool(unlogged.match(path)) == bool(unlogged.match(f"/en{path}"))
        assert unlogged.match(path) or not secret, rule.rule


@ONE
def test_settings_and_commands_of_units_and_containers_exist(migrated_app: Flask):
    environment = Watched(PRODUCTION)
    settings_from(environment)
    texts = [COMPOSE, *(path.read_text("utf-8") for path in sorted(DEPLOY.iterdir()))]
    named = {name for text in texts for name in re.findall(r"^ +([A-Z][A-Z_]+): |\$\{([A-Z_]+)", text, re.MULTILINE)}
    settings = {name for pair in named for name in pair if name and not name.startswith("POSTGRES_")}
    assert settings - OTHERS <= environment.asked
    commands = {name for text in texts for name in re.findall(r"briefings\.app,? (\w[\w-]*)", text)}
    assert commands == {"worker", "db", "backup"} and commands <= set(migrated_app.cli.list_commands(None))  # type: ignore[arg-type]


def test_nobody_is_cut_off_at_a_stop():
    unit = (DEPLOY / "briefings-web.service").read_text()
    web_server = (ROOT / "briefings" / "web_server.py").read_text("utf-8")
    [given] = map(int, re.findall(r"^graceful_timeout = (\d+)$", web_server, re.MULTILINE))
    assert given < int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0])
    assert all(given < int(seconds) for seconds in re.findall(r"stop_grace_period: (\d+)s", COMPOSE))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="looks at units with systemd's own program")
def test_systemd_takes_the_units(tmp_path: Path):
    for unit in DEPLOY.glob("briefings-*"):
        text = unit.read_text().replace("/srv/briefings/bin/", "/bin/true #")
        (tmp_path / unit.name.replace("@", "@1")).write_text(text)
    command = ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert not [line for line in said.stderr.splitlines() if "briefings" in line]


def locations(proxy: str) -> dict[str, str]:
    """What stands in each location of nginx, by its path or pattern."""
    return dict(re.findall(r"^    location (?:~ )?(\S+) \{\n(.*?)^    \}", proxy, re.MULTILINE | re.DOTALL))


def test_a_rush_of_a_ministry_behind_one_address_is_held_up_by_no_limit_of_the_proxy():
    proxy = (DEPLOY / "nginx.conf").read_text()
    limited = {path for path, said in locations(proxy).items() if "limit_req " in said and "limit_conn " in said}
    assert limited == {"/", "^(/en)?/cal/", "^(/en)?/join/[^/]+/(now|seen)$"} and "location /static/" in proxy
    outside = re.sub(r"^    location .*?^    \}", "", proxy, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"^ +limit_(req|conn) ", outside, re.MULTILINE)
    bursts = re.findall(r"(?:burst=|limit_conn \w+ )(\d+)", proxy)
    assert min(map(int, bursts)) >= 1000
    [rate] = re.findall(r"zone=briefings:\w+ rate=(\d+)r/s", proxy)
    mails = max(
        limit.amount / limit.get_expiry() for limit in parse_many(settings_from(PRODUCTION)["MAILS_PER_NETWORK"])
    )
    assert int(rate) >= 4 * mails, "several pages belong to one press"
    [of_rooms] = re.findall(r"zone=briefings_rooms:\w+ rate=(\d+)r/s", proxy)
    assert int(of_rooms) >= 2 * 1_000 / 5, "a thousand pages of a room ask every five seconds"


def test_the_addresses_of_operation_are_for_the_house_only_in_both_languages():
    [inside] = [
        re.compile(path) for path, said in locations((DEPLOY / "nginx.conf").read_text()).items() if "deny" in said
    ]
    for path in ("/metrics", "/ready", "/health"):
        assert inside.search(path) and inside.search(f"/en{path}") and not inside.search(f"/briefings{path}")


def test_in_a_container_the_proxy_asks_for_web_processes_anew_and_writes_to_its_output():
    command = ["sed", "-E", "-f", DEPLOY / "nginx-in-compose.sed", DEPLOY / "nginx.conf"]
    proxy = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "/var/log" not in proxy and "access_log /dev/stdout briefings" in proxy
    assert "upstream briefings" not in proxy and "proxy_pass http://" not in proxy
    for path, said in locations(proxy).items():
        assert "set $web http://web:8000;\n        proxy_pass $web;" in said, path
    assert proxy.count("resolver 127.0.0.11 valid=5s") == 1
    assert "./deploy/nginx-in-compose.sed:/etc/nginx/in-compose.sed:ro" in COMPOSE


def test_nginx_and_compose_hold_what_readme_promises():
    proxy = (DEPLOY / "nginx.conf").read_text()
    for promised in ("gzip off;", "X-Request-ID $request_id", "X-Forwarded-For $remote_addr", "client_max_body_size"):
        assert promised in proxy
    assert "deny all;" in proxy.partition("(metrics|ready|health)")[2]
    assert "env_file: .env" in COMPOSE, "every setting of README's table may stand in it"
    assert "upgrade: {condition: service_completed_successfully}" in COMPOSE and "\t" not in COMPOSE
