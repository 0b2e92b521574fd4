probe a, b { }
