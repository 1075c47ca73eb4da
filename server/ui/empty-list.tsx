/** What a new server shows: the line that brings the first trace. */
export function EmptyList() {
  return (
    <section class="empty">
      <h2>No traces yet</h2>
      <p>Run a program that uses flowspan with this server's address:</p>
      <pre>{`FLOWSPAN_URL=${location.origin}/v5 node app.js`}</pre>
      <p class="quiet">This list looks again every few seconds.</p>
    </section>
  );
}
