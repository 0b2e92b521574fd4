probe a.c.e, a.c.f, a.d.e, a.d.f, b.c.e, b.c.f, b.d.e, b.d.f { }
