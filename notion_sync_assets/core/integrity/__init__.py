"""Whether an export is whole: every file against its hash and manifest, every manifest against its events, every link."""
