namespace Bayou.Unit.Storage;

/// <summary>The power went away in the middle of something.</summary>
internal sealed class PowerCutException : Exception;
