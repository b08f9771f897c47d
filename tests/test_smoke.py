def test_the_world_stands(app, db, world, door):
    assert world.actor(db, "petra").person.name == "Petra Prospect"
    assert door("petra").get("/nowhere").status_code == 404
