"""One-time permissions for files. If these fail, an old URL lets somebody in, or a charge point is locked out."""

from __future__ import annotations

from pathlib import Path

from ocpptui.network.transfer_grants import LIFE, LINGER, MOST_GRANTS, TransferGrants


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_upload_is_taken_once_and_a_file_is_given_again_for_a_moment() -> None:
    clock = Seconds()
    grants = TransferGrants(clock)
    upload, download = grants.of("CP"), grants.of("CP", Path("a.bin"))
    assert grants.of("CP") is upload
    assert grants.of("CP2") is not upload
    assert grants.of("CP", Path("b.bin")) is not download
    for grant in (upload, download):
        assert grants.problem_of(grant) == ""
        grants.use_up(grant)
    assert grants.problem_of(upload) == "its URL was used already"
    assert grants.of("CP") is not upload
    assert grants.problem_of(download) == ""
    clock.now = LINGER
    assert grants.problem_of(download) == "its URL was used already"
    grants.renew(download)
    assert grants.problem_of(download) == ""


def test_a_url_ends_and_the_oldest_are_forgotten() -> None:
    clock = Seconds()
    grants = TransferGrants(clock)
    first = grants.of("CP")
    clock.now = LIFE
    assert grants.problem_of(first) == "its URL is too old"
    for number in range(MOST_GRANTS):
        grants.of(f"CP{number}")
    assert grants.with_user(first.user) is None
    assert grants.with_path(first.path) is None


def test_it_is_found_by_its_url_also_where_the_password_is_hidden() -> None:
    grants = TransferGrants(Seconds())
    grant, other = grants.of("CP"), grants.of("CP2")
    assert grants.named_in(f"http://h:1/{grant.path}/CP") is grant
    assert grants.named_in(f"ftp://{other.user}:***@h:1/CP2/") is other
    assert grants.named_in("ftp://somebody:***@h:1/CP2/") is None
    assert grants.opens(grant, grant.password)
    assert not grants.opens(grant, other.password)
    assert not grants.opens(grant, grant.path), "the path is in recordings"
    assert not grants.opens(grant, "\udc80ä")
