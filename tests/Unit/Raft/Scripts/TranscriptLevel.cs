namespace Bayou.Unit.Raft.Scripts;

/// <summary>How much is logged, in the words of the scripts.</summary>
internal enum TranscriptLevel
{
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
    None,
}
