package io.deepincubation.spark.storage;

import io.deepincubation.core.storage.Storage.Content;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** How a file appears whole or not at all, which depends on the file system. */
sealed interface AtomicFiles {

  /** Bytes gathered before they are passed to a file system. */
  int BUFFER_BYTES = 1 << 16;

  /** File systems that rename a file to a name that nobody has taken as one act. */
  Set<String> RENAMING = Set.of("hdfs", "viewfs");

  /**
   * The S3 connector's option to create an object only where there is none, from Hadoop 3.4.2 on.
   * Earlier ones ignore it silently, so the file system is asked whether it has it.
   */
  String CONDITIONAL = "fs.option.create.conditional.overwrite";

  /** Stores where a file appears when its stream is closed, and never when it is aborted. */
  Set<String> ABORTABLE = Set.of("s3a");

  /**
   * Stores where a file appears when its stream is closed, but that cannot be told to forget it.
   */
  Set<String> CLOSING = Set.of("s3", "s3n", "gs", "oss", "cosn", "obs");

  /**
   * Creates or replaces a file.
   *
   * @param file where
   * @param content what
   */
  void publish(Path file, Content content) throws IOException;

  /**
   * Creates a file unless there is one.
   *
   * @return whether this call created it
   */
  boolean create(Path file, Content content) throws IOException;

  /** Whether of several that create a file of a folder at once exactly one is told it did. */
  boolean createsAtomically(Path folder) throws IOException;

  /** The way of a file system. */
  static AtomicFiles on(FileSystem fileSystem, Configuration configuration) {
    String scheme = String.valueOf(fileSystem.getUri().getScheme());
    if (ABORTABLE.contains(scheme)) {
      return new Upload(fileSystem);
    }
    if (CLOSING.contains(scheme)) {
      return new StagedUpload(fileSystem);
    }
    return new Renaming(fileSystem, configuration);
  }

  /** Passes content on in larger pieces; the stream stays open. */
  private static void fill(OutputStream stream, Content content) throws IOException {
    var buffered = new BufferedOutputStream(stream, BUFFER_BYTES);
    content.writeTo(buffered);
    buffered.flush();
  }

  /**
   * Writes straight to an object store, and aborts the upload on a failure.
   *
   * @param fileSystem the store
   */
  record Upload(FileSystem fileSystem) implements AtomicFiles {

    @Override
    public void publish(Path file, Content content) throws IOException {
      send(fileSystem.create(file, true), content);
    }

    @Override
    public boolean create(Path file, Content content) throws IOException {
      if (fileSystem.exists(file)) {
        return false;
      }
      if (!createsAtomically(file)) {
        publish(file, content);
        return true;
      }
      try {
        send(conditional(file), content);
        return true;
      } catch (IOException e) {
        if (fileSystem.exists(file)) {
          return false;
        }
        throw e;
      }
    }

    @Override
    public boolean createsAtomically(Path folder) throws IOException {
      return fileSystem.hasPathCapability(folder, CONDITIONAL);
    }

    /** A stream whose closing fails where there is a file by then. */
    private FSDataOutputStream conditional(Path file) throws IOException {
      FSDataOutputStreamBuilder<?, ?> builder = fileSystem.createFile(file);
      builder.create();
      builder.overwrite(true);
      builder.opt(CONDITIONAL, true);
      return builder.build();
    }

    private static void send(FSDataOutputStream stream, Content content) throws IOException {
      boolean whole = false;
      try {
        fill(stream, content);
        whole = true;
      } finally {
        if (!whole) {
          stream.abort();
        }
      }
      stream.close();
    }
  }

  /**
   * Writes to a local file first, so that a failure to make the content never reaches the store.
   *
   * @param fileSystem the store
   */
  record StagedUpload(FileSystem fileSystem) implements AtomicFiles {

    @Override
    public void publish(Path file, Content content) throws IOException {
      java.nio.file.Path staged = Files.createTempFile("deep-incubation-", ".upload");
      try {
        try (OutputStream stream = Files.newOutputStream(staged)) {
          fill(stream, content);
        }
        try (OutputStream stream = fileSystem.create(file, true)) {
          Files.copy(staged, stream);
        }
      } finally {
        Files.deleteIfExists(staged);
      }
    }

    @Override
    public boolean create(Path file, Content content) throws IOException {
      boolean free = !fileSystem.exists(file);
      if (free) {
        publish(file, content);
      }
      return free;
    }

    @Override
    public boolean createsAtomically(Path folder) {
      return false;
    }
  }

  /**
   * Writes under a hidden name beside the file, then renames.
   *
   * @param fileSystem where a rename of a file is atomic
   * @param configuration the cluster's
   */
  record Renaming(FileSystem fileSystem, Configuration configuration) implements AtomicFiles {

    @Override
    public void publish(Path file, Content content) throws IOException {
      Path draft = draft(file, content);
      boolean published = false;
      try {
        replace(draft, file);
        published = true;
      } finally {
        if (!published) {
          fileSystem.delete(draft, false);
        }
      }
    }

    @Override
    public boolean create(Path file, Content content) throws IOException {
      if (fileSystem.exists(file)) {
        return false;
      }
      Path draft = draft(file, content);
      try {
        return nameUnlessTaken(draft, file);
      } finally {
        fileSystem.delete(draft, false);
      }
    }

    @Override
    public boolean createsAtomically(Path folder) {
      return RENAMING.contains(fileSystem.getUri().getScheme());
    }

    /** A whole hidden file beside the one to come. */
    private Path draft(Path file, Content content) throws IOException {
      Path draft = sibling(file, "." + file.getName() + "." + UUID.randomUUID());
      boolean whole = false;
      try {
        try (OutputStream stream = fileSystem.create(draft, false)) {
          fill(stream, content);
        }
        whole = true;
      } finally {
        if (!whole) {
          fileSystem.delete(draft, false);
        }
      }
      return draft;
    }

    private boolean nameUnlessTaken(Path draft, Path file) throws IOException {
      try {
        rename(draft, file, Options.Rename.NONE);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (UnsupportedFileSystemException e) {
        return renamed(draft, file);
      }
    }

    private void replace(Path draft, Path file) throws IOException {
      try {
        rename(draft, file, Options.Rename.OVERWRITE);
      } catch (UnsupportedFileSystemException e) {
        fileSystem.delete(file, false);
        requireRenamed(draft, file);
      }
    }

    private void rename(Path draft, Path file, Options.Rename option) throws IOException {
      FileContext.getFileContext(fileSystem.getUri(), configuration)
          .rename(fileSystem.makeQualified(draft), fileSystem.makeQualified(file), option);
    }

    /** Where there is no other way than to look first. */
    private boolean renamed(Path draft, Path file) throws IOException {
      boolean free = !fileSystem.exists(file);
      if (free) {
        requireRenamed(draft, file);
      }
      return free;
    }

    /** Made of text, since a name with a colon would be taken for a URI. */
    private static Path sibling(Path file, String name) {
      String text = file.toString();
      return new Path(text.substring(0, text.lastIndexOf('/') + 1) + name);
    }

    private void requireRenamed(Path draft, Path file) throws IOException {
      if (!fileSystem.rename(draft, file)) {
        throw new IOException("the file system refused to rename " + draft.getName());
      }
    }
  }
}
