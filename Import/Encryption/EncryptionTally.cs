namespace Bayou.Import.Encryption;

/// <summary>What became of the encrypted payloads that were met.</summary>
internal sealed class EncryptionTally
{
    /// <summary>Decrypted.</summary>
    public int Opened { get; set; }

    /// <summary>Encrypted for sure, and not decrypted.</summary>
    public int Closed { get; set; }
}
