global arr
probe begin { (a++); (a--); (arr[1])++; (arr[(a++)])--; x = ((a++) + (b--)) }
