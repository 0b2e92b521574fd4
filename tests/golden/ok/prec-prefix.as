probe begin { (++a); (--a); x = (-(++a)); x = ((++a) + (--b)); x = (!(--a)) }
