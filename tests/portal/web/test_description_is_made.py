"""The description of the API can be made: no two shapes have one name."""


def test_it_is_made_for_anybody_who_asks(door):
    told = door("nobody").get("/api/v1/openapi.json")
    assert told.status_code == 200
    assert "/search/people" in told.json["paths"] or "/api/v1/search/people" in told.json["paths"]
