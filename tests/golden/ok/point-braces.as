probe a.b.e, a.c.d.e { }
