probe begin { println("parameter", "macro") }
