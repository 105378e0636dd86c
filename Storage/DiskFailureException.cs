namespace Bayou.Storage;

/// <summary>
/// The operating system refused a read, a write or a sync. After a failed write or sync nobody knows what the disk holds, and
/// asking again may hide the loss, so the process has to stop and read its files anew.
/// </summary>
public class DiskFailureException : IOException
{
    public DiskFailureException(string message)
        : base(message)
    {
    }

    public DiskFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
