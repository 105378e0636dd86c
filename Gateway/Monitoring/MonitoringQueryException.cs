namespace Bayou.Gateway.Monitoring;

/// <summary>A query parameter that makes no sense; the message is what the client is told.</summary>
public sealed class MonitoringQueryException : Exception
{
    public MonitoringQueryException(string message)
        : base(message)
    {
    }

    public MonitoringQueryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public MonitoringQueryException()
    {
    }
}
