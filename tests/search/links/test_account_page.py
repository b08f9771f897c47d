"""The page of where an account is spoken of elsewhere."""


def test_an_account_s_page_leads_to_where_it_is_spoken_of(door, world):
    url = f"/accounts/{world.ids['calder']}"
    assert f"{world.ids['calder']}" in door("rhea").get(url).text
    assert "/spoken" in door("rhea").get(url).text
    assert "Nobody speaks of it elsewhere." in door("rhea").get(f"{url}/spoken").text
    assert door("ravi").get(f"{url}/spoken").status_code == 404
    assert door("petra").get(f"{url}/spoken").status_code in (403, 404)
