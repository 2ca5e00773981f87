package agreement

import "math"

// Wilson is the 95 % interval of a share of which k of n things are (0 <= k <= n), between 0 and 1; of nothing it is 0 to 1. The score interval of
// Wilson (1927) without a correction, method 3 of Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17.
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	mid, half := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (mid-half)/(1+z*z/m)), min(1, (mid+half)/(1+z*z/m))
}
