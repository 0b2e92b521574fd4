global s
probe begin { s <<< 1; x = (((@sum(s) * 100) / @count(s)) . "%"); if ((@count(s) > 3) && (@avg(s))) x = (-(@min(s))) }
