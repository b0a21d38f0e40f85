/** The words of the ready lines for the bundled example: real values say more than generated ones. A test publishes them. */
export const EXAMPLE_LINES: readonly (readonly string[])[] = [
  ['subscribe', 'subscription { quake(network: "us") { id magnitude place time } }'],
  [
    'publish',
    'Quake',
    '{"id":"us-1","network":"us","magnitude":5.3,"magnitudeType":"mb","place":"50km NNW of Sangiang, Indonesia",' +
      '"time":1517364031800,"updated":1517423633040,"status":"reviewed","tsunami":false,"significance":436,' +
      '"longitude":118.7906,"latitude":-7.8628,"depthKm":15.18}',
  ],
];
