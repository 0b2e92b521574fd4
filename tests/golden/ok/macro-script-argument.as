probe begin { println((8 * 2)) }
