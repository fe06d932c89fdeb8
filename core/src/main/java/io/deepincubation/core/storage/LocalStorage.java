package io.deepincubation.core.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.parquet.io.InputFile;

/**
 * Files in a folder of this machine.
 *
 * <p>A file is written under a hidden name beside its own and renamed when it is whole. Files whose
 * names begin with a dot are not listed.
 */
public final class LocalStorage implements Storage {

  private static final int BUFFER_BYTES = 1 << 16;

  /** A scheme, perhaps an authority, and an absolute path. */
  private static final Pattern URI =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(?://[^/]*)?(/.*)", Pattern.DOTALL);

  private final String uri;
  private final Path root;

  /**
   * The files of a folder, which need not exist yet.
   *
   * @param root the folder
   */
  public LocalStorage(Path root) {
    this(root.toString(), root);
  }

  /**
   * The files of a folder, which need not exist yet.
   *
   * @param uri what messages call it
   * @param root the folder
   */
  public LocalStorage(String uri, Path root) {
    this.uri = uri;
    this.root = root.toAbsolutePath().normalize();
  }

  /**
   * The URI of a path, letter by letter: Java's own would code what is beyond ASCII, and file
   * systems would take the code for the name.
   */
  public static String uri(Path path) {
    return "file://" + path.toAbsolutePath().normalize();
  }

  /**
   * The files of a folder.
   *
   * @param uri a path, or a {@code file:} URI, whose path is taken as it stands: nothing in it is
   *     percent-coded
   * @throws StorageException if the URI is of another scheme
   */
  public static LocalStorage of(String uri) {
    try {
      return new LocalStorage(uri, Path.of(path(uri)));
    } catch (RuntimeException e) {
      throw new StorageException(
          "Cannot open " + uri + ": expected a path or a file: URI of this machine", e);
    }
  }

  private static String path(String uri) {
    Matcher matcher = URI.matcher(uri);
    if (!matcher.matches()) {
      return uri;
    }
    if (!matcher.group(1).equals("file")) {
      throw new IllegalArgumentException("expected the scheme file, got " + matcher.group(1));
    }
    return matcher.group(2);
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Storage folder(String name) {
    return new LocalStorage(full(name), resolve(name));
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(resolve(name));
  }

  @Override
  public long length(String name) {
    try {
      return Files.size(resolve(name));
    } catch (IOException e) {
      throw refused("read", name, e);
    }
  }

  @Override
  public InputStream open(String name) {
    try {
      return Files.newInputStream(resolve(name));
    } catch (IOException e) {
      throw refused("read", name, e);
    }
  }

  @Override
  public InputFile inputFile(String name) {
    return new LocalInputFile(resolve(name));
  }

  @Override
  public void write(String name, Content content) {
    Path file = resolve(name);
    try {
      Path draft = writeDraft(file, content);
      try {
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw refused("write", name, e);
    }
  }

  @Override
  public boolean create(String name, Content content) {
    Path file = resolve(name);
    if (Files.exists(file)) {
      return false;
    }
    try {
      Path draft = writeDraft(file, content);
      try {
        return link(draft, file);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw refused("write", name, e);
    }
  }

  /**
   * Gives a whole file another name that nobody has taken, as one act where the file system has
   * hard links.
   *
   * @return whether the name was free
   */
  private static boolean link(Path draft, Path file) throws IOException {
    try {
      Files.createLink(file, draft);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return move(draft, file);
    }
  }

  private static boolean move(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  @Override
  public boolean createsAtomically() {
    return true;
  }

  private static Path writeDraft(Path file, Content content) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    Files.createDirectories(parent(file));
    boolean whole = false;
    try {
      try (OutputStream stream =
          new BufferedOutputStream(
              Files.newOutputStream(draft, StandardOpenOption.CREATE_NEW), BUFFER_BYTES)) {
        content.writeTo(stream);
      }
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(draft);
      }
    }
    return draft;
  }

  @Override
  public List<String> list(String folder) {
    Path path = resolve(folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> !file.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw refused("list", folder, e);
    }
  }

  @Override
  public void delete(String name) {
    Path path = resolve(name);
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> inside = Files.walk(path)) {
      for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw refused("delete", name, e);
    }
  }

  private Path resolve(String name) {
    Path path = root.resolve(name).normalize();
    if (!path.startsWith(root)) {
      throw new IllegalArgumentException(
          "Cannot use the name " + name + ": expected one inside " + uri);
    }
    return path;
  }

  private String full(String name) {
    return name.isEmpty() ? uri : uri.endsWith("/") ? uri + name : uri + "/" + name;
  }

  private static Path parent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException("a file system's root is no file");
    }
    return parent;
  }

  private StorageException refused(String verb, String name, IOException cause) {
    return new StorageException(
        String.format(Locale.ROOT, "Cannot %s %s: %s", verb, full(name), explain(cause)), cause);
  }

  private static String explain(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "there is no such file; check the path";
    }
    if (cause instanceof AccessDeniedException) {
      return "access denied; check the owner and the permissions of the folder";
    }
    if (cause instanceof NotDirectoryException || cause instanceof FileAlreadyExistsException) {
      return "a file is where a folder should be; check the path";
    }
    String said = cause instanceof FileSystemException e ? e.getReason() : cause.getMessage();
    if (said != null && said.contains("No space left")) {
      return "the disk is full; free space or choose another folder";
    }
    return (said == null ? cause.getClass().getSimpleName() : said)
        + "; check that the disk is mounted and writable";
  }
}
