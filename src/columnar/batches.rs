//! Reading Parquet and Arrow files, a slice of rows at a time.

use super::ROWS_OF_GROUP;
use super::file::PROGRAM;
use super::kept::Group;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of columns, opened: its columns and rows are known, nothing is read yet.
#[derive(Debug)]
pub struct ColumnsFile {
    path: PathBuf,
    schema: SchemaRef,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Parquet(Box<ArrowReaderMetadata>),
    ArrowFile,
    ArrowStream,
}

/// Some rows of a file.
#[derive(Debug)]
pub struct Slice {
    /// The number of the first, from 1.
    pub first_row: u64,
    /// How many.
    pub rows: usize,
    at: At,
}

#[derive(Debug)]
enum At {
    /// In a group of rows, from a row of it.
    Group(usize, usize),
    Batch(RecordBatch),
}

/// Columns of some rows, read.
#[derive(Debug)]
pub struct Columns {
    batch: RecordBatch,
}

impl Columns {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column by its place.
    pub fn column(&self, index: usize) -> &ArrayRef {
        self.batch.column(index)
    }

    /// A column by its name.
    pub fn named(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name)
    }
}

/// Columns whose texts differ from row to row; those of all others are looked up once for each distinct text.
const TEXTS: [&str; 4] = ["case", "source", "notes", "error_message"];

fn of_arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

impl ColumnsFile {
    /// Opens a file: Parquet, or an Arrow file or stream, as its first bytes say.
    ///
    /// # Errors
    /// It cannot be read, or is none of these.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut magic = [0; 6];
        let read = file.read(&mut magic)?;
        let (schema, form) = if magic[..read].starts_with(b"PAR1") {
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let plain = ArrowReaderMetadata::load(&file, options).map_err(io::Error::other)?;
            let schema = Arc::new(coded(plain.schema()));
            let options = ArrowReaderOptions::new().with_schema(schema.clone());
            let metadata = ArrowReaderMetadata::try_new(plain.metadata().clone(), options);
            let metadata = metadata.map_err(io::Error::other)?;
            (schema, Form::Parquet(Box::new(metadata)))
        } else if magic == *b"ARROW1" {
            let reader = FileReader::try_new(BufReader::new(File::open(path)?), None).map_err(of_arrow)?;
            (reader.schema(), Form::ArrowFile)
        } else {
            let reader = StreamReader::try_new(BufReader::new(File::open(path)?), None);
            let reader = reader.map_err(|error| {
                io::Error::other(format!(
                    "it is neither Parquet nor an Arrow file or stream ({error})"
                ))
            })?;
            (reader.schema(), Form::ArrowStream)
        };
        Ok(Self {
            path: path.to_owned(),
            schema,
            form,
        })
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.schema.fields().iter().map(|field| field.name().as_str())
    }

    /// What a column holds, in words.
    pub fn type_of(&self, column: usize) -> String {
        self.schema.field(column).data_type().to_string()
    }

    /// A text that the file carries under a name.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.form {
            Form::Parquet(metadata) => {
                let texts = metadata.metadata().file_metadata().key_value_metadata()?;
                texts.iter().find(|text| text.key == name)?.value.as_deref()
            }
            _ => self.schema.metadata().get(name).map(String::as_str),
        }
    }

    /// Whether it was written by this program, in this or another version.
    pub fn is_own(&self) -> bool {
        let Form::Parquet(metadata) = &self.form else {
            return false;
        };
        let writer = metadata.metadata().file_metadata().created_by();
        writer.is_some_and(|writer| writer.starts_with(PROGRAM))
    }

    /// The group of rows that a slice is, as it stands in a file of Parquet; `None` where it is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn group(&self, slice: &Slice) -> io::Result<Option<Group>> {
        let (At::Group(group, 0), Form::Parquet(metadata)) = (&slice.at, &self.form) else {
            return Ok(None);
        };
        let group = metadata.metadata().row_group(*group);
        if group.num_rows() as usize != slice.rows || slice.rows == 0 {
            return Ok(None);
        }
        Group::read(File::open(&self.path)?, group).map(Some)
    }

    /// Its rows, in order, cut so that a slice fits in memory.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn slices(&self) -> io::Result<Box<dyn Iterator<Item = io::Result<Slice>> + Send>> {
        let batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send> = match &self.form {
            Form::Parquet(metadata) => {
                let groups: Vec<usize> = metadata
                    .metadata()
                    .row_groups()
                    .iter()
                    .map(|group| group.num_rows() as usize)
                    .collect();
                let mut first_row = 1;
                let slices = groups.into_iter().enumerate().flat_map(|(group, rows)| {
                    // Groups end with a whole chunk, a little beyond what they aim at: they are read in one go.
                    let most = if rows < 2 * ROWS_OF_GROUP {
                        rows
                    } else {
                        ROWS_OF_GROUP
                    };
                    (0..rows).step_by(most.max(1)).map(move |offset| {
                        let rows = most.min(rows - offset);
                        (group, offset, rows)
                    })
                });
                return Ok(Box::new(slices.map(move |(group, offset, rows)| {
                    first_row += rows as u64;
                    Ok(Slice {
                        first_row: first_row - rows as u64,
                        rows,
                        at: At::Group(group, offset),
                    })
                })));
            }
            Form::ArrowFile => {
                let file = BufReader::new(File::open(&self.path)?);
                Box::new(FileReader::try_new(file, None).map_err(of_arrow)?)
            }
            Form::ArrowStream => {
                let file = BufReader::new(File::open(&self.path)?);
                Box::new(StreamReader::try_new(file, None).map_err(of_arrow)?)
            }
        };
        let mut first_row = 1;
        Ok(Box::new(batches.flat_map(move |batch| {
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => return vec![Err(of_arrow(error))],
            };
            let slices = (0..batch.num_rows()).step_by(ROWS_OF_GROUP).map(|offset| {
                let rows = ROWS_OF_GROUP.min(batch.num_rows() - offset);
                first_row += rows as u64;
                Ok(Slice {
                    first_row: first_row - rows as u64,
                    rows,
                    at: At::Batch(batch.slice(offset, rows)),
                })
            });
            slices.collect::<Vec<_>>()
        })))
    }

    /// Reads a slice; its rows may come in several parts.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, slice: &Slice) -> io::Result<Vec<Columns>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        self.read_some(slice, &all)
    }

    /// Reads these columns of a slice, given by their places in ascending order; they are then found by their places
    /// among them.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_some(&self, slice: &Slice, columns: &[usize]) -> io::Result<Vec<Columns>> {
        let batches = match (&slice.at, &self.form) {
            (At::Batch(batch), _) => vec![batch.project(columns).map_err(of_arrow)?],
            (At::Group(group, offset), Form::Parquet(metadata)) => {
                // A handle of its own: another thread may be reading elsewhere in the file.
                let file = File::open(&self.path)?;
                let roots = columns.iter().copied();
                let wanted = ProjectionMask::roots(metadata.parquet_schema(), roots);
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, (**metadata).clone())
                    .with_projection(wanted)
                    .with_row_groups(vec![*group])
                    .with_offset(*offset)
                    .with_limit(slice.rows)
                    .with_batch_size(slice.rows)
                    .build();
                let batches: Result<Vec<RecordBatch>, _> = reader.map_err(io::Error::other)?.collect();
                batches.map_err(of_arrow)?
            }
            (At::Group(..), _) => Vec::new(),
        };
        if batches.iter().map(RecordBatch::num_rows).sum::<usize>() != slice.rows {
            return Err(io::Error::other("it has fewer rows than it says"));
        }
        Ok(batches.into_iter().map(|batch| Columns { batch }).collect())
    }
}

/// The same columns with texts as codes, where they are likely to repeat.
fn coded(schema: &Schema) -> Schema {
    let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        _ if TEXTS.contains(&field.name().as_str()) => field.as_ref().clone(),
        DataType::Utf8 => field.as_ref().clone().with_data_type(word()),
        DataType::List(element) if *element.data_type() == DataType::Utf8 => {
            let element: Field = element.as_ref().clone().with_data_type(word());
            field
                .as_ref()
                .clone()
                .with_data_type(DataType::List(Arc::new(element)))
        }
        _ => field.as_ref().clone(),
    });
    Schema::new(fields.collect::<Vec<_>>())
}
