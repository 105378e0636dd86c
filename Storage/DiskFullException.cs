namespace Bayou.Storage;

/// <summary>A write found no space. Unlike any other failure it lost nothing: it may be tried again once there is space.</summary>
public sealed class DiskFullException(string message, Exception innerException) : DiskFailureException(message, innerException);
