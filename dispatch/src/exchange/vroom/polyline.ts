/** Encoded Polyline Algorithm Format, precision 5: differences of latitude and longitude in base 64, sign in the lowest bit. */
export function encodedPolyline(places: readonly (readonly [lon: number, lat: number])[]): string {
  let text = '';
  let [lastLat, lastLon] = [0, 0];
  for (const [lon, lat] of places) {
    const [y, x] = [Math.round(lat * 1e5), Math.round(lon * 1e5)];
    text += encodedNumber(y - lastLat) + encodedNumber(x - lastLon);
    [lastLat, lastLon] = [y, x];
  }
  return text;
}

function encodedNumber(value: number): string {
  let rest = value < 0 ? ~(value << 1) : value << 1;
  let text = '';
  while (rest >= 0x20) {
    text += String.fromCharCode((0x20 | (rest & 0x1f)) + 63);
    rest >>>= 5;
  }
  return text + String.fromCharCode(rest + 63);
}
