probe a.b?, a.c? { }
