namespace Bayou.Storage;

/// <summary>What one call of <see cref="SiloStore.Scrub"/> did.</summary>
/// <param name="Bytes">Bytes read; may be somewhat more than asked for.</param>
/// <param name="FaultCount">Damaged segments and checkpoint copies found. Segments are in <see cref="ChannelLog.Faults"/> from here on.</param>
/// <param name="IsPassComplete">Everything has been looked at since the last time this was true; the next call begins anew.</param>
public readonly record struct ScrubStep(long Bytes, int FaultCount, bool IsPassComplete);
