"""The sections of the page between its head and what was accessed, in order."""

import json

from rehearsal.report import customers, timeline, trials
from rehearsal.report.agreement import words
from rehearsal.report.markup import Markup, capital, sign, tag
from rehearsal.report.model import Release, Report
from rehearsal.report.tables import wide


def releases(report: Report) -> Markup:
    """Each release: how it ended, why, and what customers noticed."""
    return tag(
        "section",
        tag("h2", "Releases"),
        (_release(release) for release in report.releases) if report.releases else _none("release"),
    )


def _release(release: Release) -> Markup:
    good = release.outcome is release.expected
    how = words(release.outcome)
    note = ", as it should" if good else f"; expected: {release.expected}"
    return tag(
        "article",
        tag("h3", tag("bdi", capital(release.name))),
        tag(
            "p",
            tag("code", release.commit[:10], title=release.commit),
            " ",
            tag("bdi", release.subject, class_="subject"),
            class_="commit",
        ),
        tag(
            "p",
            sign(good=good),
            tag("b", how.capitalize()),
            f"{note}. ",
            tag("span", _sentence(release.why)),
            class_="how good" if good else "how bad",
        ),
        customers.section(release),
    )


def _sentence(said: str) -> str:
    return f"{capital(said)}{'' if said.endswith(('.', '!', '?')) else '.'}" if said else ""


def timelines(report: Report) -> Markup:
    """Both releases over the world's time, on one scale."""
    longest = max(map(timeline.minutes, report.releases), default=0)
    return tag(
        "section",
        tag("h2", "Timeline"),
        tag(
            "p",
            "Minutes of the world since each push. Computing takes no time there, so that what is "
            "long is what is waited for. A deployment is its hook before the traffic, its canary "
            "and its hook after.",
            class_="note",
        ),
        (
            (
                tag("h3", tag("bdi", capital(release.name))),
                wide(timeline.draw(release, longest), f"Timeline of {release.name}"),
            )
            for release in report.releases
        ),
    )


def canaries(report: Report) -> Markup:
    """The plots of each canary."""
    found = [
        (release, plot)
        for release in report.releases
        for environment in release.environments
        for deployment in environment.deployments
        if (plot := trials.section(environment, deployment)) is not None
    ]
    return tag(
        "section",
        tag("h2", "Canaries"),
        (
            (
                tag("h3", tag("bdi", capital(release.name))),
                (plot for owner, plot in found if owner is release),
            )
            for release in report.releases
            if any(owner is release for owner, _ in found)
        )
        if found
        else _none("canary"),
    )


def records(report: Report) -> Markup:
    """The decision records as the gate wrote them."""
    found = [
        (release, environment, deployment)
        for release in report.releases
        for environment in release.environments
        for deployment in environment.deployments
        if deployment.record is not None
    ]
    return tag(
        "section",
        tag("h2", "Decision records"),
        [
            tag(
                "details",
                tag(
                    "summary",
                    tag("bdi", capital(release.name)),
                    f", {environment.name} ",
                    tag("code", deployment.id),
                ),
                tag(
                    "pre",
                    json.dumps(deployment.record, indent=2, sort_keys=True, ensure_ascii=False),
                    tabindex=0,
                ),
            )
            for release, environment, deployment in found
        ]
        or _none("decision record"),
    )


def repeat(report: Report) -> Markup:
    """How to have the same run again."""
    return tag(
        "section",
        tag("h2", "Once more"),
        tag("p", f"The same seed, {report.seed}, makes the same run:"),
        tag("pre", report.command, tabindex=0, class_="command"),
    )


def _none(what: str) -> Markup:
    return tag("p", f"There was no {what}.")
