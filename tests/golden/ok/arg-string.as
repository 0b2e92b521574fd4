probe begin { println("plain", "with \"quotes\" and \\ backslash") }
