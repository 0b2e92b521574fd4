probe begin { println(0, 7, 420, 18446744073709551615) }
