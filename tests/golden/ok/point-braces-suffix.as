global on
probe a.b?, a.c!, a.d if (on), a.e { }
