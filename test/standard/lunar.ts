// The Vietnamese lunar calendar, worked out from the sun and the moon (J. Meeus, Astronomical Algorithms, 1998; the months as Hồ Ngọc Đức lays
// them down for UTC+7): a witness for the calendar table that takes nothing from it. True for the years 1900 to 2199.
const RADIAN = Math.PI / 180;
const SYNODIC = 29.530588853;
const EPOCH_NEW_MOON = 2415021.076998695;
/** Julian day number of 1970-01-01. */
const UNIX_EPOCH = 2440588;
const EAST = 7 / 24;

/** `yyyy-MM-dd` of a day of a month that is not a leap month, in the lunar year that begins in `year`. */
export function lunarDay(year: number, month: number, day: number): string {
  const eleventh = eleventhMonth(year - 1);
  const following = eleventhMonth(year);
  const first = Math.floor(0.5 + (eleventh - EPOCH_NEW_MOON) / SYNODIC);
  let offset = month + 1;
  // Thirteen months between two solstices: the first without a principal term of the sun is the leap month, and those behind it come one later.
  if (following - eleventh > 365 && offset >= leapOffset(first)) offset += 1;
  return isoDay(newMoonDay(first + offset) + day - 1);
}

/** The new moon on or before the winter solstice of the year begins the eleventh month. */
function eleventhMonth(year: number): number {
  const end = Date.UTC(year, 11, 31) / 86_400_000 + UNIX_EPOCH;
  const k = Math.floor((end - EPOCH_NEW_MOON) / SYNODIC);
  const day = newMoonDay(k);
  return sunSector(day) >= 9 ? newMoonDay(k - 1) : day;
}

function leapOffset(first: number): number {
  for (let offset = 1; offset < 14; offset += 1) if (sunSector(newMoonDay(first + offset)) === sunSector(newMoonDay(first + offset + 1))) return offset;
  throw new Error('a leap year has a month without a principal term');
}

/** Julian day number, at +07:00, of the k-th new moon since 1900. */
function newMoonDay(k: number): number {
  const t = k / 1236.85;
  const [sun, moon, latitude] = [
    359.2242 + 29.10535608 * k - 0.0000333 * t ** 2 - 0.00000347 * t ** 3,
    306.0253 + 385.81691806 * k + 0.0107306 * t ** 2 + 0.00001236 * t ** 3,
    21.2964 + 390.67050646 * k - 0.0016528 * t ** 2 - 0.00000239 * t ** 3,
  ].map((degrees) => degrees * RADIAN) as [number, number, number];
  const mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t ** 2 - 0.000000155 * t ** 3 + 0.00033 * Math.sin((166.56 + 132.87 * t - 0.009173 * t ** 2) * RADIAN);
  const shift = (0.1734 - 0.000393 * t) * Math.sin(sun) + 0.0021 * Math.sin(2 * sun) - 0.4068 * Math.sin(moon) + 0.0161 * Math.sin(2 * moon)
    - 0.0004 * Math.sin(3 * moon) + 0.0104 * Math.sin(2 * latitude) - 0.0051 * Math.sin(sun + moon) - 0.0074 * Math.sin(sun - moon)
    + 0.0004 * Math.sin(2 * latitude + sun) - 0.0004 * Math.sin(2 * latitude - sun) - 0.0006 * Math.sin(2 * latitude + moon) + 0.001 * Math.sin(2 * latitude - moon) + 0.0005 * Math.sin(2 * moon + sun);
  const clock = -0.000278 + 0.000265 * t + 0.000262 * t ** 2;
  return Math.floor(mean + shift - clock + 0.5 + EAST);
}

/** Which twelfth of its way the sun has reached at the midnight (+07:00) that begins the day. */
function sunSector(day: number): number {
  const t = (day - 2451545.5 - EAST) / 36525;
  const anomaly = (357.5291 + 35999.0503 * t - 0.0001559 * t ** 2 - 0.00000048 * t ** 3) * RADIAN;
  const longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t ** 2
    + (1.9146 - 0.004817 * t - 0.000014 * t ** 2) * Math.sin(anomaly) + (0.019993 - 0.000101 * t) * Math.sin(2 * anomaly) + 0.00029 * Math.sin(3 * anomaly);
  return Math.floor((((longitude % 360) + 360) % 360) / 30);
}

function isoDay(julian: number): string {
  return new Date((julian - UNIX_EPOCH) * 86_400_000).toISOString().slice(0, 10);
}
