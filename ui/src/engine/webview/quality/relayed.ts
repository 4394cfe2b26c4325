/** Whether the selected path goes through a TURN server; null without a path. */
export async function isRelayed(pc: RTCPeerConnection): Promise<boolean | null> {
  const report = await pc.getStats();
  const entries = [...report.values()];
  const transport = entries.find(({ type }) => type === "transport");
  const pair =
    report.get(transport?.selectedCandidatePairId) ??
    entries.find(
      ({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded",
    );
  if (!pair) return null;
  return [pair.localCandidateId, pair.remoteCandidateId].some(
    (id) => report.get(id)?.candidateType === "relay",
  );
}
