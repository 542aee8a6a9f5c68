package io.hanok.control.identity;

import io.hanok.control.shared.HanokProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Makes the first account when there is none, and leaves its access key in a file that only the
 * control plane's user can read.
 *
 * <p>A crash between the account and the file leaves an account without a known key; the next start
 * makes a new key, because the file is missing.
 */
@Component
@Order(0)
public class FirstAccount implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(FirstAccount.class);

  private final Accounts accounts;
  private final Path file;

  public FirstAccount(Accounts accounts, HanokProperties properties) {
    this.accounts = accounts;
    this.file = properties.bootstrapCredentialsFile();
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (file == null || Files.exists(file)) {
      return;
    }
    var all = accounts.all();
    var credentials =
        all.isEmpty() ? accounts.create("main", true) : accounts.createKey(all.getFirst().id());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        part,
        """
        account=%s
        aws_access_key_id=%s
        aws_secret_access_key=%s
        """
            .formatted(
                credentials.accountId(), credentials.accessKeyId(), credentials.secretAccessKey()));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    LOG.info("the access key of account {} is in {}", credentials.accountId(), file);
  }
}
