// Floating point over a small array of structs.
package main

import (
	"fmt"
	"math"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

const (
	solarMass   = 4 * math.Pi * math.Pi
	daysPerYear = 365.24
)

func energy(bs []body) float64 {
	var e float64
	for i := range bs {
		b := &bs[i]
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for j := i + 1; j < len(bs); j++ {
			o := &bs[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			e -= b.mass * o.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func advance(bs []body, dt float64) {
	for i := range bs {
		b := &bs[i]
		for j := i + 1; j < len(bs); j++ {
			o := &bs[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			b.vx -= dx * o.mass * mag
			b.vy -= dy * o.mass * mag
			b.vz -= dz * o.mass * mag
			o.vx += dx * b.mass * mag
			o.vy += dy * b.mass * mag
			o.vz += dz * b.mass * mag
		}
	}
	for i := range bs {
		b := &bs[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	bs := []body{
		{0, 0, 0, 0, 0, 0, solarMass},
		{4.84143144246472082945e+00, -1.16032004402742839362e+00, -1.03622044471123109494e-01,
			1.66007664274403694959e-03 * daysPerYear, 7.69901118419740425080e-03 * daysPerYear,
			-6.90460016972063023554e-05 * daysPerYear, 9.54791938424326609124e-04 * solarMass},
		{8.34336671824457987790e+00, 4.12479856412430479268e+00, -4.03523417114321381170e-01,
			-2.76742510726411021177e-03 * daysPerYear, 4.99852801234917238170e-03 * daysPerYear,
			2.30417297573763929463e-05 * daysPerYear, 2.85885980666130812119e-04 * solarMass},
		{1.28943695621391310e+01, -1.51111514016986312525e+01, -2.23307578892655734398e-01,
			2.96460137564761618652e-03 * daysPerYear, 2.37847173959480950e-03 * daysPerYear,
			-2.96589568540237556e-05 * daysPerYear, 4.36624404335156298e-05 * solarMass},
	}
	fmt.Printf("%.9f\n", energy(bs))
	for range 3_000_000 {
		advance(bs, 0.01)
	}
	fmt.Printf("%.9f\n", energy(bs))
}
