global s
probe begin { s <<< 1; println(@count(s)) }
