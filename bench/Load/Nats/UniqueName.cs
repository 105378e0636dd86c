using System.Security.Cryptography;

namespace Bayou.Load.Nats;

/// <summary>Names that no other run uses, so that left-overs of one run never reach another.</summary>
public static class UniqueName
{
    /// <summary>Twelve characters.</summary>
    public static string Token() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    public static string Subject() => "load." + Token();

    public static string Inbox() => "_INBOX." + Token();
}
